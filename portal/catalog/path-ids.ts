const UUID = /^[0-9a-f]{8}-[0-9a-f]{4}-[1-8][0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/;
const VERSION = /^[1-9][0-9]{0,8}$/;

/** Whether a piece of an address can be an id of ours; any other would make PostgreSQL refuse the query. */
export function isUuid(text: string): boolean {
  return UUID.test(text);
}

/** Whether a piece of an address is a version number. */
export function isVersion(text: string): boolean {
  return VERSION.test(text);
}
