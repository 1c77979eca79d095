import { makeTestMerchant, seedMerchant } from "./seed-merchant.ts";

// For a system that has no merchant yet: docker-compose.yml runs it on demand. Each run makes another merchant.
if (!process.env.DATABASE_URL) {
  console.error("DATABASE_URL is required: the postgresql:// url of a migrated database.");
  process.exit(1);
}
const merchant = makeTestMerchant();
await seedMerchant(process.env.DATABASE_URL, merchant);
console.log(`Merchant         ${merchant.merchantId}
Secret key       ${merchant.secretKey}
Publishable key  ${merchant.publishableKey}
Keep the keys: only their hashes are stored, so they cannot be shown again.`);
