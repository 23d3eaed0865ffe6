import type { SettingsView, TrayStatus } from "@/api";
import { iso } from "./fabric";

const settings: SettingsView = {
  theme: "system",
  contrast: "system",
  concurrency: 32,
  connectTimeout: 10,
  answerTimeout: 30,
  commitTimeout: 900,
  promptQuiet: 100,
  lookAgain: 5000,
  windowMinutes: 10,
  driftStrategy: "stop",
  keepInTray: false,
  lab: "Practice lab",
  user: "kestrel",
  lastPlace: "",
  changes: [],
};

let tray: TrayStatus = { available: true, reason: null };

export function seedSettings(hasTray: boolean): void {
  settings.lastPlace = "";
  settings.keepInTray = false;
  tray = hasTray
    ? { available: true, reason: null }
    : { available: false, reason: "This desktop shows no tray icons, so closing the window ends Bridgekeeper." };
}

/** Text becomes what the setting holds. */
function stored(old: unknown, value: string): unknown {
  if (typeof old === "number") return Number(value);
  if (typeof old === "boolean") return value === "on";
  return value;
}

export function settingsAnswers(command: string, args: Record<string, unknown>): unknown {
  switch (command) {
    case "settings_get":
      return { ...settings };
    case "settings_set": {
      const input = args.input as { setting: string; value: string };
      const old: unknown = Reflect.get(settings, input.setting);
      if (input.setting !== "lastPlace")
        settings.changes = [
          {
            id: settings.changes.length + 1,
            setting: input.setting,
            before: String(old),
            after: input.value,
            by: "kestrel",
            at: iso(),
            canUndo: true,
          },
          ...settings.changes,
        ];
      Reflect.set(settings, input.setting, stored(old, input.value));
      return { ...settings };
    }
    case "settings_undo": {
      const change = settings.changes.find((c) => c.id === args.change);
      if (change !== undefined) Reflect.set(settings, change.setting, change.before);
      settings.changes = settings.changes.filter((c) => c !== change);
      return { ...settings };
    }
    case "tray_status":
      return { ...tray };
    default:
      return undefined;
  }
}
