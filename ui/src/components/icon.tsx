import type { LucideIcon } from "lucide-react";

type Size = 12 | 14 | 16 | 18;
const STROKE: Record<Size, number> = { 12: 2, 14: 1.75, 16: 1.75, 18: 1.6 };

/** One way to place a lucide icon: decorative, sized and stroked by the scale. */
export function Icon({ of: Glyph, size = 14, className = "" }: { of: LucideIcon; size?: Size; className?: string }) {
  return <Glyph aria-hidden className={`i ${className}`} size={size} strokeWidth={STROKE[size]} />;
}
