import type { JSX } from 'preact';

// Line icons drawn on a 24-unit grid for this portal, stroke 1.6, round ends.
const SHAPES = {
  search: <><circle cx="10.5" cy="10.5" r="6.5" /><path d="m15.5 15.5 5 5" /></>,
  arrow: <path d="M4 12h15m-6-6 6 6-6 6" />,
  back: <path d="M20 12H5m6 6-6-6 6-6" />,
  down: <path d="M12 3.5v12m-5-4.5 5 5 5-5M4.5 20.5h15" />,
  close: <path d="m7 7 10 10M17 7 7 17" />,
  check: <path d="m5 12.5 4.5 4.5L19 7.5" />,
  alert: <><path d="M12 3.5 21.5 20h-19z" /><path d="M12 10v4.5M12 17.2v.1" /></>,
  info: <><circle cx="12" cy="12" r="8.5" /><path d="M12 11v5M12 7.9v.1" /></>,
  clock: <><circle cx="12" cy="12" r="8.5" /><path d="M12 7v5.2l3.3 2" /></>,
  mail: <><rect x="3.5" y="5.5" width="17" height="13" rx="1.5" /><path d="m4 7 8 6 8-6" /></>,
  file: <><path d="M6 3.5h8l4.5 4.5v12.5H6z" /><path d="M13.8 3.8v4.4h4.4" /></>,
  link: <><path d="M10 13.6a4 4 0 0 0 5.7 0l3-3a4 4 0 0 0-5.7-5.7l-1 1" /><path d="M14 10.4a4 4 0 0 0-5.7 0l-3 3a4 4 0 0 0 5.7 5.7l1-1" /></>,
  service: <><path d="M8 4.5v5M16 4.5v5M6 9.5h12v2.7a6 6 0 0 1-12 0z" /><path d="M12 18.2v2.8" /></>,
  series: <path d="M3.5 12h4l2.5-6 4 12 2.5-6h4" />,
  open: <><circle cx="12" cy="12" r="8.5" /><path d="M3.5 12h17M12 3.5c2.6 2.3 3.9 5.2 3.9 8.5s-1.3 6.2-3.9 8.500c-2.6-2.3-3.9-5.2-3.9-8.500s1.3-6.2 3.9-8.500z" /></>,
  lock: <><rect x="5" y="10.5" width="14" height="10" rx="1.8" /><path d="M8.2 10.500V7.500a3.8 3.8 0 0 1 7.6 0v3M12 14.500v2.2" /></>,
  phone: <path d="M6.2 3.800h3l1.5 4.2-2 1.500a12 12 0 0 0 5.8 5.800l1.5-2 4.2 1.500v3c0 1.3-1 2.3-2.3 2.200C10.8 19.5 4.5 13.2 4 6.100c-.1-1.3.9-2.3 2.2-2.300z" />,
  person: <><circle cx="12" cy="8" r="4" /><path d="M4.5 20.500c.7-4 3.7-6 7.5-6s6.8 2 7.5 6" /></>,
  inbox: <><path d="M3.5 13.5 6.5 5h11l3 8.500v6h-17z" /><path d="M3.5 13.500h5l1 2.500h5l1-2.500h5" /></>,
  citizenship: <><path d="M4 11.500h16v9H4z" /><path d="M8.5 11.500V4h7v7.500M10.5 14.500h3M11 7.200h2" /></>,
  culture: <><circle cx="7.5" cy="17" r="3" /><circle cx="17" cy="15" r="3" /><path d="M10.5 17V6L20 4v11" /></>,
  economy: <><path d="M4 20.500h16M7 20.500v-6M12 20.500v-9M17 20.500v-12" /><path d="m5 9.5 5-4 3 1.5 5-4" /></>,
  education: <path d="M12 6.500C9.5 5 6.5 4.5 3.5 5v13.500c3-.5 6 0 8.5 1.5 2.5-1.5 5.5-2 8.5-1.500V5c-3-.5-6 0-8.5 1.500zm0 0V20" />,
  energyNetworks: <path d="M13.5 3 5.5 13.500H11L9.8 21l8.7-11H12.700z" />,
  children: <><path d="m12 3 6 7-6 7-6-7z" /><path d="M6 10h12M12 3v14c0 2.5-3 1-3 4" /></>,
  environment: <><path d="M5 19C3.5 10 9 4.5 20 4.500c.5 10-5 15.5-13 13" /><path d="M4 20.500c2-5 5.5-8.5 10-10.5" /></>,
  publicSpace: <><path d="M12 21v-8M12 3.500c-3.5 0-5.5 2.5-5 5-2.5 1.5-1.5 5.5 2 5.500h6c3.5 0 4.5-4 2-5.5.5-2.5-1.5-5-5-5zM7 21h10" /></>,
  housing: <><path d="m3.5 11.5 8.5-7.5 8.5 7.5" /><path d="M6 9.500v11h12v-11M10 20.500v-6h4v6" /></>,
  transportation: <><rect x="5" y="4" width="14" height="13.5" rx="2.2" /><path d="M5 12h14M8.5 15h.1M15.5 15h.1M7.5 17.500V20M16.5 17.500V20" /></>,
  location: <><path d="M12 21c4.3-4.2 6.5-7.7 6.5-10.700a6.5 6.5 0 0 0-13 0c0 3 2.2 6.5 6.5 10.700z" /><circle cx="12" cy="10.3" r="2.3" /></>,
  health: <><path d="M12 20.500C5.5 16 3.5 12.5 3.5 9.500a4.5 4.5 0 0 1 8.5-2 4.5 4.5 0 0 1 8.5 2c0 3-2 6.5-8.5 11z" /><path d="M12 10v5M9.5 12.500h5" /></>,
  townPlanning: <><path d="M4 20.500V9l6-3v14.500M10 20.500V11h10v9.500M2.5 20.500h19" /><path d="M7 11.500h.1M7 15h.1M13.5 14.500h.1M16.7 14.500h.1M13.5 17.500h.1M16.7 17.500h.1" /></>,
  society: <><circle cx="12" cy="7" r="3" /><circle cx="4.8" cy="10" r="2" /><circle cx="19.2" cy="10" r="2" /><path d="M6.5 20c.3-4 2.5-6 5.5-6s5.2 2 5.5 6M2 18c0-2 .8-3.3 2.5-3.700M22 18c0-2-.8-3.3-2.5-3.7" /></>,
} as const satisfies Record<string, JSX.Element>;

/** Name of a drawing; the themes of the catalogue have one each under their own code. */
export type IconName = keyof typeof SHAPES;

/** Whether a drawing of that name exists. */
export function isIconName(text: string): text is IconName {
  return Object.hasOwn(SHAPES, text);
}

/** A drawing that says nothing by itself: words always stand beside it, so it is hidden from screen readers. */
export function Icon({ name, large = false }: { name: IconName; large?: boolean }): JSX.Element {
  return (
    <svg class={large ? 'icon icon-large' : 'icon'} viewBox="0 0 24 24" aria-hidden="true" focusable="false">
      {SHAPES[name]}
    </svg>
  );
}
