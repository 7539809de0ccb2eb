export { BackupError, type BackupErrorCode } from './errors.ts';
export { BACKUP_WORDS, type BackupWords } from './words.ts';
export { type BackupFile, type BackupList } from './backup-list.ts';
export { beginBackup, type BackupWriter } from './begin-backup.ts';
export { type OpenedBackup, openBackup, readIdentityFile } from './open-backup.ts';
export { packFolder, stageFolder, type StagedFolder } from './copy-folder.ts';
export { dumpDatabase } from './dump-database.ts';
export { loadDatabase } from './load-database.ts';
