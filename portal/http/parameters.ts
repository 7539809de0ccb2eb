import { PortalError } from '../errors.ts';
import type { RequestContext } from './request-context.ts';

/**
 * The query parameters, of which only the names `allowed` may stand there, each at most once unless in `repeated`; `bad_request`
 * otherwise, so that a misspelt filter is never silently no filter.
 */
export function refuseUnknownParameters(ctx: RequestContext, allowed: readonly string[], repeated: readonly string[] = []): URLSearchParams {
  const parameters = new URLSearchParams(ctx.querystring);
  for (const name of new Set(parameters.keys())) {
    if (!allowed.includes(name) && !repeated.includes(name)) {
      const known = [...allowed, ...repeated].join(', ');
      throw new PortalError('bad_request', `Unknown parameter ${JSON.stringify(name.slice(0, 80))}; ${known === '' ? 'none is expected here' : `known here: ${known}`}.`, { reason: 'unknown_parameter' });
    }
    if (!repeated.includes(name) && parameters.getAll(name).length > 1) {
      throw new PortalError('bad_request', `The parameter ${name} stands more than once.`, { reason: 'repeated_parameter' });
    }
  }
  return parameters;
}

/** A whole number from the query within [min, max], or `fallback` when absent; `bad_request` otherwise. */
export function integerParameter(parameters: URLSearchParams, name: string, o: { min: number; max: number; fallback: number }): number {
  const text = parameters.get(name);
  if (text === null) return o.fallback;
  const value = /^(0|[1-9][0-9]{0,15})$/.test(text) ? Number(text) : Number.NaN;
  if (!Number.isSafeInteger(value) || value < o.min || value > o.max) {
    throw new PortalError('bad_request', `Give ${name} as a whole number from ${o.min} to ${o.max}.`, { reason: 'malformed_parameter' });
  }
  return value;
}
