import type { Manifest } from '#catalog-schema';
import { PortalError } from '../../errors.ts';
import type { EpochStanding } from '../../access/epoch-store.ts';

/** A sealed file of the arriving manifest: its body by root, and the epoch and recipient that seal it. */
export interface SealedBody {
  name: string;
  root: string;
  epoch: number;
  recipient: string;
}

/**
 * The rule of epochs (formats §5) for the sealed files of a new version. A body that the dataset had before keeps its epoch; a new one
 * is sealed in the newest epoch, unless that is spent, or in a later one with a recipient never used before. An epoch has one custody, and in
 * custody `portal` a deposit. Refuses with `conflict`: `epoch_spent`, `epoch_stale`, `epoch_changed`, `epoch_custody`, `recipient_reused`, `recipient_differs`, `deposit_missing`.
 */
export function epochRule(o: {
  files: readonly SealedBody[];
  /** Who holds the content keys of this version. */
  custody: Manifest['custody'];
  /** Every epoch of the dataset, with what happened since. */
  epochs: readonly EpochStanding[];
  /** Epoch of each body of earlier versions, by root. */
  earlier: ReadonlyMap<string, number>;
  /** Epochs for which a deposit comes with this version. */
  deposited: ReadonlySet<number>;
}): void {
  const newest = Math.max(0, ...o.epochs.map((entry) => entry.epoch));
  for (const file of o.files) {
    const known = o.epochs.find((entry) => entry.epoch === file.epoch);
    const before = o.earlier.get(file.root);
    if (before !== undefined && before !== file.epoch) throw refused('epoch_changed', `The body of "${file.name}" was sealed in epoch ${before}, not ${file.epoch}.`);
    if (known !== undefined && known.custody !== o.custody) {
      throw refused('epoch_custody', `Epoch ${file.epoch} has its content key ${known.custody === 'portal' ? 'with the portal' : 'with the producer alone'}: seal "${file.name}" anew in epoch ${newest + 1}.`);
    }
    if (known === undefined && o.custody === 'portal' && !o.deposited.has(file.epoch)) throw refused('deposit_missing', `No content key is deposited for epoch ${file.epoch}: the portal could not give it to anyone.`);
    if (known !== undefined && known.recipient !== file.recipient) throw refused('recipient_differs', `Epoch ${file.epoch} has another recipient than before. Begin a new epoch for a new content key.`);
    if (known === undefined && o.epochs.some((entry) => entry.recipient === file.recipient)) {
      throw refused('recipient_reused', `Epoch ${file.epoch} has the content key of an earlier epoch. Make a new one.`);
    }
    if (before !== undefined) continue;
    if (file.epoch < newest) throw refused('epoch_stale', `"${file.name}" is new and must be sealed in epoch ${newest} or a later one, not ${file.epoch}.`);
    if (known?.spent === true) {
      throw refused('epoch_spent', `"${file.name}" is new and may not be sealed in epoch ${file.epoch} any more (${known.reason ?? 'spent'}): seal it in epoch ${newest + 1}.`);
    }
  }
}

function refused(reason: string, detail: string): PortalError {
  return new PortalError('conflict', detail, { reason });
}
