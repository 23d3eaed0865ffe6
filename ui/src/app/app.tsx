import { useEffect, useRef } from "react";
import { queries, rememberPlace, useCoreEvents, useQuery } from "@/api";
import { Loading, RegionError } from "@/components/region";
import { TipProvider } from "@/components/tip";
import { FirstRun } from "@/features/first-run/first-run";
import { asCoreError } from "@/api";
import { typing, useHotkeys } from "./hotkeys";
import { RAIL } from "./places";
import { navigate, usePlace } from "./router";
import { Screen } from "./screen";
import { ActivityDock } from "./shell/activity-dock";
import { AppRail } from "./shell/app-rail";
import { CommandPalette } from "./shell/command-palette";
import { ScanDialog } from "@/features/drift/scan-dialog";
import { SyncDialog } from "@/features/drift/sync-dialog";
import { Toasts } from "./shell/toasts";
import { TopBar } from "./shell/top-bar";
import { useShell } from "./store";
import { useTheme } from "./theme";

const SAVE_PLACE_MS = 600;

export function App() {
  useCoreEvents(useShell((shell) => shell.notice));
  const status = useQuery(queries.status());
  const settings = useQuery(queries.settings());
  useTheme(settings.data?.theme ?? "system", settings.data?.contrast ?? "system");
  const { path, segments } = usePlace();
  useRestoredPlace(settings.data?.lastPlace, status.data?.mode);
  useFrameKeys();

  if (status.isError)
    return (
      <main className="col" style={{ height: "100%" }}>
        <RegionError error={asCoreError(status.error)} />
      </main>
    );
  if (status.data === undefined || settings.data === undefined) return <Loading noun="the records" />;
  const first =
    path === "/start" || (status.data.mode === "empty" && !["devices", "settings"].includes(segments[0] ?? ""));
  return (
    <TipProvider>
      {first ? (
        <FirstRun status={status.data} />
      ) : (
        <div className="app">
          <TopBar />
          <AppRail />
          <main className="main" tabIndex={-1} data-testid="main">
            <Screen />
          </main>
          <ActivityDock />
        </div>
      )}
      <CommandPalette />
      <SyncDialog />
      <ScanDialog />
      <Toasts />
    </TipProvider>
  );
}

/** Opens where the window was left, once; afterwards keeps the core informed of the place. */
function useRestoredPlace(last: string | undefined, mode: string | undefined): void {
  const { path, query } = usePlace();
  const restored = useRef(false);
  useEffect(() => {
    if (restored.current || last === undefined || mode === undefined) return;
    restored.current = true;
    if (window.location.hash !== "" && window.location.hash !== "#/") return;
    if (mode === "empty") navigate("/start", { replace: true });
    else navigate(last.startsWith("/") && last !== "/start" ? last : "/domains", { replace: true });
  }, [last, mode]);
  const full = query.size === 0 ? path : `${path}?${query.toString()}`;
  useEffect(() => {
    if (!restored.current || full === "/" || full === "/start" || full === last) return;
    const timer = setTimeout(() => void rememberPlace(full), SAVE_PLACE_MS);
    return () => clearTimeout(timer);
  }, [full, last]);
}

/** Keys that work everywhere: palette, dock, places (G then a letter), back and forward, regions. */
function useFrameKeys(): void {
  const setPalette = useShell((shell) => shell.setPalette);
  const setDock = useShell((shell) => shell.setDock);
  const dockOpen = useShell((shell) => shell.dockOpen);
  const toggleInspector = useShell((shell) => shell.toggleInspector);
  const going = useRef(0);
  const go = (key: string) => {
    if (Date.now() - going.current > 1500) return false;
    going.current = 0;
    const target = RAIL.find((item) => item.key === key);
    if (target) navigate(`/${target.id}`);
    return target !== undefined;
  };
  useEffect(() => {
    const listener = (event: KeyboardEvent) => {
      if (event.ctrlKey || event.altKey || event.metaKey || event.key.length !== 1 || typing(event.target)) return;
      if (going.current !== 0 && go(event.key.toUpperCase())) {
        event.preventDefault();
        event.stopImmediatePropagation();
      }
    };
    window.addEventListener("keydown", listener, { capture: true });
    return () => window.removeEventListener("keydown", listener, { capture: true });
  }, []);
  useHotkeys({
    "Ctrl K": () => setPalette(true),
    "Ctrl J": () => setDock(!dockOpen),
    "Alt ArrowLeft": () => window.history.back(),
    "Alt ArrowRight": () => window.history.forward(),
    G: () => (going.current = Date.now()),
    I: toggleInspector,
    F6: () => nextRegion(),
  });
}

function nextRegion(): void {
  const regions = [...document.querySelectorAll<HTMLElement>(".rail a[aria-current], .main, .dock button")];
  const inside = regions.findIndex((region) => region.contains(document.activeElement));
  regions[(inside + 1) % regions.length]?.focus();
}
