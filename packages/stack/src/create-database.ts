import pg from "pg";

/**
 * Creates a database unless it exists, and gives its URL.
 *
 * @param serverUrl of any database on that server, as a user that may create databases
 * @param template copied instead of an empty one; nobody may be connected to it meanwhile
 */
export async function createDatabase(serverUrl: string, name: string, template?: string): Promise<string> {
  const client = new pg.Client({ connectionString: serverUrl });
  await client.connect();
  try {
    const copied = template === undefined ? "" : ` TEMPLATE ${pg.escapeIdentifier(template)}`;
    await client.query(`CREATE DATABASE ${pg.escapeIdentifier(name)}${copied}`);
  } catch (error) {
    const duplicateDatabase = "42P04";
    if ((error as { code?: string }).code !== duplicateDatabase) throw error;
  } finally {
    await client.end();
  }
  const url = new URL(serverUrl);
  url.pathname = `/${encodeURIComponent(name)}`;
  return url.toString();
}
