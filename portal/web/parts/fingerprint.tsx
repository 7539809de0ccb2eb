import type { JSX } from 'preact';

/** Six groups of five digits to read aloud, large; groups are text of their own, so that they are read one by one. */
export function Fingerprint({ fingerprint, label, large = false }: { fingerprint: string; label: string; large?: boolean }): JSX.Element {
  return (
    <p class={large ? 'fingerprint fingerprint-large' : 'fingerprint'} role="group" aria-label={label}>
      {fingerprint.split(' ').map((group, index) => <>{index === 0 ? null : ' '}<span>{group}</span></>)}
    </p>
  );
}
