import type { ComponentChildren, JSX } from 'preact';
import { Icon, type IconName } from './icon.tsx';

const ICON: Record<NoticeTone, IconName> = { done: 'check', info: 'info', care: 'alert' };
type NoticeTone = 'done' | 'info' | 'care';

/** A short message that stands out: something was done, is worth knowing, or needs care. */
export function Notice({ tone, children }: { tone: NoticeTone; children: ComponentChildren }): JSX.Element {
  return (
    <div class={`notice notice-${tone}`} role={tone === 'done' ? 'status' : undefined}>
      <Icon name={ICON[tone]} />
      <div>{children}</div>
    </div>
  );
}
