import type { ColumnType } from 'kysely';

/** A timestamp column: read as Date, written as Date or RFC 3339 text. */
export type Timestamp = ColumnType<Date, Date | string, Date | string>;
/** A bigint column: pg gives it as text, so that no digit is lost. */
export type BigInteger = ColumnType<string, string | number | bigint, string | number | bigint>;
/** A bytea column. */
export type Bytes = ColumnType<Buffer, Uint8Array, Uint8Array>;
/** A jsonb column: written as JSON text. */
export type Json<T = unknown> = ColumnType<T, string, string>;
/** A column that may be null, and may be left out when writing. */
export type Nullable<T> = ColumnType<T | null, T | null | undefined, T | null>;
export type NullableTimestamp = ColumnType<Date | null, Date | string | null | undefined, Date | string | null>;
export type NullableBigInteger = ColumnType<string | null, string | number | bigint | null | undefined, string | number | bigint | null>;
export type NullableBytes = ColumnType<Buffer | null, Uint8Array | null | undefined, Uint8Array | null>;
