/// <reference types="vite/client" />
import "react";

declare module "react" {
  interface CSSProperties {
    /** Where a bar begins in its lane. */
    "--left"?: string;
  }
}
