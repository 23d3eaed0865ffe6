import "@testing-library/jest-dom/vitest";
import { clearMocks } from "@tauri-apps/api/mocks";
import { cleanup, configure } from "@testing-library/react";
import { afterEach } from "vitest";

configure({ asyncUtilTimeout: 10_000 });

/** What jsdom lacks and the window needs: sizes never change in tests, and no system preference is set. */
class NoResize implements ResizeObserver {
  observe(): void {
    return;
  }
  unobserve(): void {
    return;
  }
  disconnect(): void {
    return;
  }
}
globalThis.ResizeObserver = NoResize;
/** Lists draw rows only where there is room for them. */
Object.defineProperties(Element.prototype, {
  clientHeight: { configurable: true, get: () => 700 },
  clientWidth: { configurable: true, get: () => 900 },
});
globalThis.DOMMatrixReadOnly = class {
  readonly m22 = 1;
} as unknown as typeof DOMMatrixReadOnly;
Element.prototype.scrollIntoView = () => undefined;
Element.prototype.scrollTo = () => undefined;
Element.prototype.hasPointerCapture = () => false;
window.matchMedia = (query: string) =>
  ({
    matches: query.includes("min-width"),
    media: query,
    onchange: null,
    addEventListener: () => undefined,
    removeEventListener: () => undefined,
    dispatchEvent: () => false,
  }) as unknown as MediaQueryList;

afterEach(async () => {
  cleanup();
  // The window ends its subscriptions in promises; they must find the mocked core still there.
  await new Promise((done) => setTimeout(done));
  clearMocks();
  window.location.hash = "";
});
