import { queries, useChoose, useQuery } from "@/api";
import { to } from "@/app/places";
import { navigate } from "@/app/router";
import { useShell } from "@/app/store";

/** Takes a choice of a card, with a person's reason where it decides about drift, and goes where it leads: to the deployment it began, or to the draft it read for. */
export function useTaking(deployment: number, domain: string | undefined) {
  const choose = useChoose();
  const complain = useShell((shell) => shell.complain);
  const draft = useQuery(queries.drafts()).data?.find((one) => one.domain === domain);
  const take = (choice: string, why: string | null = null) => {
    if (choose.isPending) return;
    choose.mutate(
      { deployment, choice, why },
      {
        onSuccess: (detail) => {
          if (detail.row.id !== deployment) navigate(to.run(detail.row.id));
          else if (choice === "discover-and-sync" && draft !== undefined) navigate(to.changes(draft.id));
        },
        onError: complain,
      },
    );
  };
  return { take, busy: choose.isPending };
}
