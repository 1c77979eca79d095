/** One of several values of a filter, or any. */
export interface ChoiceProps {
  name: string;
  label: string;
  chosen: string | undefined;
  options: readonly { value: string; label: string }[];
}

export function Choice({ name, label, chosen, options }: ChoiceProps) {
  // What an address asks for stays chosen, also where there is none of it any more.
  const isOffered = chosen === undefined || options.some(({ value }) => value === chosen);
  const all = isOffered ? options : [...options, { value: chosen, label: chosen }];
  return (
    <div class="field">
      <label for={name}>{label}</label>
      <select id={name} name={name}>
        <option value="">Any</option>
        {all.map((option) => (
          <option key={option.value} value={option.value} selected={option.value === chosen}>
            {option.label}
          </option>
        ))}
      </select>
    </div>
  );
}
