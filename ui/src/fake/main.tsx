import { installFakeCore } from "./core";

const options = new URLSearchParams(window.location.search);
installFakeCore({
  filled: options.get("empty") === null,
  speed: Number(options.get("speed") ?? "1"),
  ...(options.get("offline") === null ? {} : { mode: "offline" as const }),
});
void import("../main");
