import { useEffect } from "react";
import type { Contrast, Theme } from "@/api";

const DARK = "(prefers-color-scheme: dark)";
const MORE = "(prefers-contrast: more)";

/** Puts theme and contrast on the document; "system" follows the desktop as it changes. */
export function useTheme(theme: Theme, contrast: Contrast): void {
  useEffect(() => {
    const dark = window.matchMedia(DARK);
    const more = window.matchMedia(MORE);
    const apply = () => {
      const root = document.documentElement.dataset;
      root.theme = theme === "system" ? (dark.matches ? "dark" : "light") : theme;
      root.contrast = contrast === "system" ? (more.matches ? "more" : "normal") : contrast;
    };
    apply();
    dark.addEventListener("change", apply);
    more.addEventListener("change", apply);
    return () => {
      dark.removeEventListener("change", apply);
      more.removeEventListener("change", apply);
    };
  }, [theme, contrast]);
}
