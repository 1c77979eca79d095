const PATHS = {
  logo: "M3 6.5 12 2l9 4.5v11L12 22l-9-4.5zM8 12l3 3 5-6",
  overview: "M3 13h6V3H3zM15 21h6V11h-6zM3 21h6v-4H3zM15 3v4h6V3z",
  card: "M2 6h20v12H2zM2 10h20M6 15h4",
  letter: "M3 5h18v14H3zM3 6l9 7 9-7",
  alert: "M12 3 2 20h20zM12 9v5M12 17v.5",
  stack: "M12 3 2 8l10 5 10-5zM2 13l10 5 10-5",
  book: "M5 3h13v18H5zM9 8h6M9 12h6",
  queue: "M4 6h16M4 12h16M4 18h10",
  menu: "M3 6h18M3 12h18M3 18h18",
  check: "M4 12.5 9.5 18 20 6.5",
  cross: "M6 6l12 12M18 6 6 18",
  dash: "M5 12h14",
  clock: "M12 3a9 9 0 1 0 0 18 9 9 0 0 0 0-18M12 7v5l3.5 2",
  arrow: "M5 12h14M13 6l6 6-6 6",
  back: "M9 7 4 12l5 5M4 12h11a5 5 0 0 1 0 10h-2",
  question: "M12 3a9 9 0 1 0 0 18 9 9 0 0 0 0-18M9.5 9.5a2.5 2.5 0 1 1 3.5 2.4c-.7.3-1 .8-1 1.6M12 16.5v.5",
  info: "M12 3a9 9 0 1 0 0 18 9 9 0 0 0 0-18M12 11v6M12 7v.5",
  pause: "M8 5v14M16 5v14",
  person: "M12 4a4 4 0 1 0 0 8 4 4 0 0 0 0-8M4 21c0-4 4-6 8-6s8 2 8 6",
  bolt: "M13 2 5 14h6l-1 8 8-12h-6z",
  search: "M11 4a7 7 0 1 0 0 14 7 7 0 0 0 0-14M16 16l5 5",
} as const;

export type IconName = keyof typeof PATHS;

/** A drawing beside a word, never instead of one: assistive technology passes it over. */
export function Icon({ name }: { name: IconName }) {
  return (
    <svg class="icon" viewBox="0 0 24 24" aria-hidden="true" focusable="false">
      <path d={PATHS[name]} />
    </svg>
  );
}
