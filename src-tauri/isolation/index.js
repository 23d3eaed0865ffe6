// Every call from the page passes here, in a frame of its own, before it is encrypted and reaches the core.
// The page is built from many packages; whatever runs in it, only these calls leave it.

const OF_THE_FRAMEWORK = new Set(["plugin:event|listen", "plugin:event|unlisten"]);
const OWN_COMMAND = /^[a-z_]+$/;

window.__TAURI_ISOLATION_HOOK__ = (message) => {
  const { cmd } = message;
  if (typeof cmd !== "string" || !(OWN_COMMAND.test(cmd) || OF_THE_FRAMEWORK.has(cmd))) {
    throw new Error("not a call that this window makes");
  }
  return message;
};
