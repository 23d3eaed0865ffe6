import { expect, test } from "vitest";
import { elbow, layoutTiers } from "./graph-layout";

const node = (id: string, tier: string, under: string | null) => ({ id, tier, under, width: 100, height: 20 });

test("children stand under the middle of their parent and never overlap", () => {
  const layout = layoutTiers(
    [
      node("SSPINE-1", "superspine", null),
      node("SPINE-1", "spine", "SSPINE-1"),
      node("SPINE-2", "spine", "SSPINE-1"),
      node("LEAF-A01", "leaf", "SPINE-1"),
      node("LEAF-A02", "leaf", "SPINE-1"),
      node("LEAF-B01", "leaf", "SPINE-2"),
    ],
    20,
    40,
  );
  const at = (id: string) => layout.nodes.get(id) ?? { x: Number.NaN, y: Number.NaN, width: 0, height: 0, id };
  const middle = (id: string) => at(id).x + at(id).width / 2;
  expect(middle("SPINE-1")).toBe((middle("LEAF-A01") + middle("LEAF-A02")) / 2);
  expect(at("LEAF-B01").x).toBeGreaterThanOrEqual(at("LEAF-A02").x + 120);
  expect([at("SSPINE-1").y, at("SPINE-2").y, at("LEAF-B01").y]).toEqual([0, 60, 120]);
  expect(layout.width).toBe(340);
});

test("a device that hangs from nothing known is a root of its own", () => {
  const layout = layoutTiers([node("LEAF-A01", "leaf", "SPINE-9"), node("LEAF-A02", "leaf", null)], 20, 40);
  expect([...layout.nodes.values()].map((place) => [place.x, place.y])).toEqual([
    [0, 0],
    [120, 0],
  ]);
});

test("a line between aligned nodes is straight", () => {
  const a = { id: "a", x: 0, y: 0, width: 100, height: 20 };
  expect(elbow(a, { ...a, id: "b", y: 60 }, 0, 0)).toBe("M50 20V60");
});
