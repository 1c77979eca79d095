import { expect, test } from "@jest/globals";
import { median, percentile } from "./statistics.ts";

test("a percentile is the value that so many do not exceed, in whatever order they came", () => {
  const hundred = Array.from({ length: 100 }, (_, index) => 100 - index);
  expect(percentile(hundred, 0.5)).toBe(50);
  expect(percentile(hundred, 0.99)).toBe(99);
  expect(percentile(hundred, 1)).toBe(100);
  expect(percentile([7], 0.99)).toBe(7);
  expect(percentile([], 0.5)).toBeNaN();
});

test("numbers are sorted as numbers", () => {
  expect(percentile([9, 10, 100], 0.5)).toBe(10);
  expect(median([100, 9, 10])).toBe(10);
});

test("the median of two is between them, and of none nothing", () => {
  expect(median([4, 1])).toBe(2.5);
  expect(median([3, 1, 2])).toBe(2);
  expect(median([])).toBeNaN();
});
