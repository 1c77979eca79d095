declare module "@usebruno/lang" {
  const lang: { bruToJsonV2(text: string): unknown; bruToEnvJsonV2(text: string): unknown };
  export default lang;
}
