import { QueryClientProvider } from "@tanstack/react-query";
import { render } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import { createQueryClient } from "@/api";
import { App } from "@/app/app";
import { navigate } from "@/app/router";
import { type FakeOptions, installFakeCore } from "@/fake/core";

/** The whole window on the in-memory core, at a place. */
export function openWindow(place: string, options: Partial<FakeOptions> = {}) {
  installFakeCore({ filled: true, speed: 200, ...options });
  navigate(place);
  const user = userEvent.setup();
  const view = render(
    <QueryClientProvider client={createQueryClient()}>
      <App />
    </QueryClientProvider>,
  );
  return { user, ...view };
}
