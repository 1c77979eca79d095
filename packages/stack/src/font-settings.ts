/** Whose letters stand in for which family, best first. The first ones have the widths of the ones they stand in for. */
const families: Record<string, readonly string[]> = {
  Arial: ["Liberation Sans"],
  Helvetica: ["Liberation Sans"],
  "Times New Roman": ["Liberation Serif"],
  "Courier New": ["Liberation Mono"],
  "system-ui": ["Liberation Sans", "DejaVu Sans"],
  "sans-serif": ["Liberation Sans", "DejaVu Sans"],
  serif: ["Liberation Serif", "DejaVu Serif"],
  monospace: ["Liberation Mono", "DejaVu Sans Mono"],
};

/**
 * Settings for fontconfig, to be put at the root of unpacked packages: takes their fonts first, wherever that root is, and
 * the machine's own for what these lack. Does not read the settings of the machine, which may have none.
 */
export const fontSettings = `<?xml version="1.0"?>
<!DOCTYPE fontconfig SYSTEM "fonts.dtd">
<fontconfig>
  <dir prefix="relative">usr/share/fonts</dir>
  <dir>/usr/share/fonts</dir>
  <!-- A family that is not there, or none at all, is drawn without serifs. -->
  <match>
    <test qual="all" name="family" compare="not_eq"><string>sans-serif</string></test>
    <test qual="all" name="family" compare="not_eq"><string>serif</string></test>
    <test qual="all" name="family" compare="not_eq"><string>monospace</string></test>
    <edit name="family" mode="append_last"><string>sans-serif</string></edit>
  </match>
${Object.entries(families).map(alias).join("\n")}
  <cachedir>/var/cache/fontconfig</cachedir>
  <cachedir prefix="xdg">fontconfig</cachedir>
</fontconfig>
`;

function alias([family, substitutes]: [string, readonly string[]]): string {
  const prefer = substitutes.map((name) => `<family>${name}</family>`).join("");
  return `  <alias binding="same"><family>${family}</family><prefer>${prefer}</prefer></alias>`;
}
