/** Ends with a plain sentence when the runtime is older than Node 24, which the product's own packages bring. */
export function refuseOldRuntime(): void {
  const major = Number(process.versions.node.split('.')[0]);
  if (major >= 24) return;
  console.error(`Sceau needs Node 24 and this is Node ${process.versions.node}. Run "npm ci", then use npm scripts ("npm start") or npx: they use the Node 24 that npm installed.`);
  process.exit(1);
}
