const { default: Sequencer } = require("@jest/test-sequencer");

/** Whole systems first: they take longest, and what is left at the end is short. */
module.exports = class extends Sequencer {
  sort(tests) {
    const isWholeSystem = ({ path }) => /\/(tests|proof|bench)\/src\//.test(path);
    return [...super.sort(tests)].sort((a, b) => Number(isWholeSystem(b)) - Number(isWholeSystem(a)));
  }
};
