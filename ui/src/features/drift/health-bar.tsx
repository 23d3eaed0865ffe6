const HEIGHT = 4;

/** What is left of a hundred. Only what was taken away has a colour; a sound device shows a plain line. */
export function HealthBar({ health, label, wide }: { health: number; label: string; wide?: boolean }) {
  const width = wide === true ? 200 : 56;
  const left = (Math.max(0, Math.min(100, health)) / 100) * width;
  return (
    <svg className="dt-health" width={width} height={HEIGHT} role="img" aria-label={label}>
      <rect className="all" width={left} height={HEIGHT} rx={2} />
      {left < width && <rect className="lost" x={left} width={width - left} height={HEIGHT} rx={2} />}
    </svg>
  );
}
