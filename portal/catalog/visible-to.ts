import { type ExpressionBuilder, type ExpressionWrapper, type SqlBool } from 'kysely';
import type { Caller } from '../portal.ts';
import type { Tables } from '../db/tables.ts';

/**
 * What every query of the catalogue about datasets asks first: the producer is active, or the viewer answers for it or operates the
 * portal. The query has `dataset` and `producer` joined.
 */
export function visibleTo(viewer: Caller) {
  return (eb: ExpressionBuilder<Tables, 'dataset' | 'producer'>): ExpressionWrapper<Tables, 'dataset' | 'producer', SqlBool> => {
    const active = eb('producer.state', '=', 'active');
    if (viewer.kind === 'command_line' || (viewer.kind === 'member' && viewer.operator)) return eb('producer.producer_id', 'is not', null);
    const own = viewer.kind === 'node' ? viewer.producer_ids : viewer.kind === 'member' ? viewer.officer_of : [];
    return own.length === 0 ? eb.and([active]) : eb.or([active, eb('producer.producer_id', 'in', [...own])]);
  };
}
