use bk_store::{DraftId, DraftOperation, DraftState, NewEvent, Plan, Store, StoreError};

use crate::support::{at, open, with_devices};

fn operation(label: &str) -> DraftOperation {
    DraftOperation {
        at: at(1),
        by: "kestrel".to_owned(),
        label: label.to_owned(),
        body: format!("{{\"op\":{label:?}}}"),
    }
}

async fn draft(store: &Store) -> DraftId {
    let id = DraftId("d-1".to_owned());
    store
        .drafts()
        .create(&id, "g_kestrel_v251", "{}", at(0), "kestrel")
        .await
        .unwrap();
    id
}

/// Runs a script: a word adds an operation, `<` is undo, `>` is redo. Gives what counts and what redo offers.
async fn check(script: &str, expected: &str) {
    let (_folder, store) = with_devices(&[]).await;
    let (id, drafts) = (draft(&store).await, store.drafts());
    for step in script.split_whitespace() {
        match step {
            "<" => drafts.undo(&id, at(2)).await.unwrap(),
            ">" => drafts.redo(&id, at(2)).await.unwrap(),
            label => drafts.push(&id, &operation(label)).await.unwrap(),
        };
    }
    let draft = drafts.get(&id).await.unwrap();
    let labels: Vec<_> = draft
        .operations
        .iter()
        .map(|operation| operation.label.as_str())
        .collect();
    let redo = draft.redo.map_or("-".to_owned(), |operation| operation.label);
    assert_eq!(format!("{} | {redo}", labels.join(" ")), expected, "{script}");
}

#[tokio::test]
async fn undo_and_redo_go_along_the_line_of_operations() {
    check("", " | -").await;
    check("a b c", "a b c | -").await;
    check("a b c < <", "a | b").await;
    check("a b c < < >", "a b | c").await;
    check("a b < < < <", " | a").await;
    check("a b < < > > > >", "a b | -").await;
    check("a b < c", "a c | -").await;
    check("a b < c <", "a | c").await;
    check("a b < c < < > >", "a c | -").await;
}

#[tokio::test]
async fn a_draft_survives_without_being_closed() {
    let (folder, store) = with_devices(&[]).await;
    let id = draft(&store).await;
    store.drafts().push(&id, &operation("a")).await.unwrap();
    let again = open(&folder).await;
    let open = again.drafts().open().await.unwrap();
    assert_eq!(
        open.iter()
            .map(|draft| draft.operations.len())
            .collect::<Vec<_>>(),
        [1]
    );
    assert_eq!(
        again
            .drafts()
            .open_of("g_kestrel_v251")
            .await
            .unwrap()
            .map(|draft| draft.id),
        Some(id)
    );
}

#[tokio::test]
async fn a_domain_has_one_open_draft_and_a_closed_one_is_not_edited() {
    let (_folder, store) = with_devices(&[]).await;
    let id = draft(&store).await;
    let second = DraftId("d-2".to_owned());
    let create = async || {
        store
            .drafts()
            .create(&second, "g_kestrel_v251", "{}", at(3), "birch")
            .await
    };
    create().await.unwrap_err();
    store
        .drafts()
        .set_state(&id, DraftState::Discarded, at(4))
        .await
        .unwrap();
    let refused = store.drafts().push(&id, &operation("late")).await.unwrap_err();
    assert!(matches!(refused, StoreError::Refused { .. }));
    create().await.unwrap();
    assert_eq!(
        store.drafts().get(&id).await.unwrap().state,
        DraftState::Discarded,
        "it can still be read"
    );
}

#[tokio::test]
async fn what_is_immutable_stays_as_it_was() {
    let (folder, store) = with_devices(&["LEAF-A01"]).await;
    let plan = Plan {
        hash: "ab".repeat(32),
        kind: "edit".to_owned(),
        domain: "g_kestrel_v251".to_owned(),
        draft: Some(draft(&store).await),
        undoes: None,
        made_at: at(1),
        made_by: "kestrel".to_owned(),
        body: "first".to_owned(),
    };
    store.plans().put(&plan).await.unwrap();
    store
        .plans()
        .put(&Plan {
            body: "second".to_owned(),
            ..plan.clone()
        })
        .await
        .unwrap();
    assert_eq!(store.plans().get(&plan.hash).await.unwrap(), plan);
    assert_eq!(
        store
            .plans()
            .of_draft(plan.draft.as_ref().unwrap())
            .await
            .unwrap(),
        [plan.hash.as_str()]
    );

    store
        .drafts()
        .push(plan.draft.as_ref().unwrap(), &operation("a"))
        .await
        .unwrap();
    crate::support::read(&store, "LEAF-A01", 1, "text\n").await;
    let event = NewEvent {
        at: at(1),
        by: "kestrel".to_owned(),
        topic: "device",
        subject: "LEAF-A01".to_owned(),
        before: None,
        after: Some("x".to_owned()),
    };
    store.events().add(&event).await.unwrap();
    let mut raw = raw(&folder).await;
    for forbidden in [
        "UPDATE plan SET made_by = 'birch'",
        "DELETE FROM plan",
        "UPDATE draft_operation SET body = ''",
        "DELETE FROM draft_operation",
        "UPDATE snapshot SET at = 0",
        "UPDATE blob SET data = x'00'",
        "UPDATE event SET by = 'birch'",
        "DELETE FROM event",
    ] {
        assert!(
            sqlx::query(forbidden).execute(&mut raw).await.is_err(),
            "{forbidden}"
        );
    }
}

async fn raw(folder: &tempfile::TempDir) -> sqlx::SqliteConnection {
    use sqlx::Connection;
    let path = folder.path().join("bridgekeeper.db");
    let options = sqlx::sqlite::SqliteConnectOptions::new().filename(path);
    sqlx::SqliteConnection::connect_with(&options).await.unwrap()
}

#[tokio::test]
async fn settings_are_changed_and_taken_back_in_the_log() {
    let (_folder, store) = with_devices(&[]).await;
    let settings = store.settings();
    settings
        .set("theme", Some("dark"), at(1), "kestrel", None)
        .await
        .unwrap();
    settings
        .set("theme", Some("dark"), at(2), "kestrel", None)
        .await
        .unwrap();
    let changes = settings.changes(10).await.unwrap();
    assert_eq!(changes.len(), 1, "setting what is set is no change");
    settings
        .set("theme", None, at(3), "birch", Some(changes[0].id))
        .await
        .unwrap();
    let changes = settings.changes(10).await.unwrap();
    assert_eq!(changes[1].undone_by, Some(changes[0].id));
    assert_eq!(changes[0].undoes, Some(changes[1].id));
    assert!(settings.all().await.unwrap().is_empty());
}
