const servers: { stop(): Promise<void> }[] = [];

/** Has a server stopped at the end of this jest run. An interrupted run ends it, too: it is a throwaway one. */
export function stopAfterJest(server: { stop(): Promise<void> }): void {
  servers.push(server);
}

export default async function tearDown(): Promise<void> {
  await Promise.all(servers.map((server) => server.stop()));
}
