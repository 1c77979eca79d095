/** Numbers of test cards, as careless clients send them. They must be found nowhere afterwards. */
export const CANARIES = ["4242424242424242", "5555555555554444", "378282246310005", "6011111111111117"] as const;
