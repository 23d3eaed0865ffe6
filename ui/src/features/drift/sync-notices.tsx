import type { SyncNotice } from "@/api";
import { useNowCoarse } from "@/app/clock";
import { SeverityIcon } from "@/components/marks";
import { SafeText } from "@/components/text";
import { moment } from "@/lib/format";

/** Notices shown; each device has one, the last. */
const SHOWN = 3;

/** What background sync took and where it gave up, the newest first; nothing where it did nothing. */
export function SyncNotices({ notices }: { notices: readonly SyncNotice[] }) {
  const now = useNowCoarse();
  return notices.slice(0, SHOWN).map((one) => (
    <p key={one.device} className="note t12" data-testid="sync-notice" data-device={one.device}>
      <SeverityIcon kind={one.gaveUp ? "warning" : "ok"} />
      <span className="selectable">
        <SafeText text={one.sentence} />
        {one.next !== null && (
          <>
            {" "}
            <SafeText text={one.next} />
          </>
        )}{" "}
        <span className="faint">{moment(new Date(one.at), now)}</span>
      </span>
    </p>
  ));
}
