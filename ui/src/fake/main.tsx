import { installFakeCore } from "./core";
import type { Scene } from "./scenes";

const options = new URLSearchParams(window.location.search);
installFakeCore({
  filled: options.get("empty") === null,
  speed: Number(options.get("speed") ?? "1"),
  ...(options.get("scene") === null ? {} : { scene: options.get("scene") as Scene }),
  ...(options.get("services") === null ? {} : { services: Number(options.get("services")) }),
  ...(options.get("drift") === null ? {} : { drift: Number(options.get("drift")) }),
  ...(options.get("offline") === null ? {} : { mode: "offline" as const }),
});
void import("../main");
