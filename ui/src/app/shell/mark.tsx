/** The bridge of Bridgekeeper. */
export function Mark() {
  return (
    <svg className="mark-i" viewBox="0 0 24 24" aria-hidden="true">
      <path d="M3 17h18M6 17V7M18 17V7M6 8c2.2 4.2 9.8 4.2 12 0M9.6 10.6V17M14.4 10.6V17" />
    </svg>
  );
}
