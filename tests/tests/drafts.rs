//! What a person may leave out of a draft.
#![cfg(test)]

use bk_app::AppError;
use bk_app::views::DraftOperation;
use bk_tests::{DOMAIN, Scene};

#[tokio::test(flavor = "multi_thread")]
async fn only_a_persons_attachment_can_be_left_out() {
    let scene = Scene::practice().await;
    let (device, port) = scene.free_port(DOMAIN).await;
    let operation = DraftOperation::AddAttachment {
        device,
        port,
        vlan: None,
    };
    let draft = scene.edit(DOMAIN, [operation]).await;
    let of = |derived| draft.changes.iter().find(|change| change.derived == derived);
    let (own, derived) = (of(false).unwrap(), of(true).unwrap());
    for change in [derived.id.clone(), "LEAF-Z99 ge100-0/0/1.1".to_owned()] {
        let refused = scene.app.draft_include(draft.id.clone(), change, false).await;
        assert!(
            matches!(refused, Err(AppError::BadInput { field: "change", .. })),
            "{refused:?}"
        );
    }
    let without = scene
        .app
        .draft_include(draft.id.clone(), own.id.clone(), false)
        .await
        .unwrap();
    assert!(!without.can_plan && without.changes.iter().all(|change| !change.included));
    let with = scene
        .app
        .draft_include(draft.id.clone(), own.id.clone(), true)
        .await
        .unwrap();
    assert_eq!(with.changes.len(), draft.changes.len());
}
