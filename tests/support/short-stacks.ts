/**
 * Preloaded into AVA's workers by `runAva`: AVA's TAP report names only the first line of an error's stack, which for an
 * assertion is a line of AVA itself. Without AVA's own lines it is the line of the test.
 */
const capture = Error.captureStackTrace.bind(Error);

Error.captureStackTrace = (target: object, below?: Function): void => {
  capture(target, below);
  if (!('stack' in target) || typeof target.stack !== 'string') return;
  const lines = target.stack.split('\n');
  const outside = lines.filter((line) => !line.includes('/node_modules/ava/lib/'));
  if (outside.length > 1 && outside.length < lines.length) target.stack = outside.join('\n');
};
