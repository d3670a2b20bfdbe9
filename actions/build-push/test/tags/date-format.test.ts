import { describe, expect, it } from '@jest/globals';
import { dateFormatParts, formatDate, isTimeZone } from '../../src/tags/date-format.ts';

// The expected texts were made with Moment.js 2.31 and moment-timezone.
describe('formatDate', () => {
  it.each([
    ['2020-01-10T00:30:00Z', 'YYYYMMDD', 'UTC', '20200110'],
    ['2020-01-10T00:30:00Z', 'YYYYMMDD-HHmmss', 'Asia/Tokyo', '20200110-093000'],
    ['2020-01-10T00:30:00Z', 'YYYYMMDD-HHmmss', 'America/New_York', '20200109-193000'],
    ['2020-01-10T00:30:00Z', 'YYYY-MM-DD', 'Pacific/Auckland', '2020-01-10'],
    ['2020-07-01T12:00:00Z', 'HHmm', 'Europe/Berlin', '1400'],
    ['2020-01-01T12:00:00Z', 'HHmm', 'Europe/Berlin', '1300'],
    ['2020-01-01T12:00:00Z', 'HHmm', 'Asia/Kathmandu', '1745'],
    ['2020-01-10T00:30:07.042Z', 'YY.M.D.H.h.m.s.SSS', 'UTC', '20.1.10.0.12.30.7.042'],
    ['2020-01-10T15:30:00Z', 'hhA-ha', 'UTC', '03PM-3pm'],
    ['2020-01-10T00:30:00Z', 'MMMM-MMM-dddd-ddd-d-E', 'UTC', 'January-Jan-Friday-Fri-5-5'],
    ['2020-01-12T00:30:00Z', 'd-E', 'UTC', '0-7'],
    ['2020-12-31T00:00:00Z', 'DDDD-DDD-Q', 'UTC', '366-366-4'],
    ['2021-01-03T00:00:00Z', 'GGGG.WW-GG.W', 'UTC', '2020.53-20.53'],
    ['2018-12-31T00:00:00Z', 'GGGG.WW', 'UTC', '2019.01'],
    ['2020-01-10T00:30:00.123Z', 'X-x', 'Asia/Tokyo', '1578616200-1578616200123'],
    ['2020-01-10T00:30:00Z', 'YYYYMMDDTHHmmss', 'UTC', '20200110T003000'],
    ['2020-01-10T00:30:00Z', '[build]-YYYY', 'UTC', 'build-2020'],
    ['2020-03-29T01:30:00Z', 'HHmm', 'Europe/Berlin', '0330'],
  ])('%s as %s in %s', (instant, format, zone, text) => {
    expect(formatDate(new Date(instant), format, zone)).toBe(text);
  });
});

describe('dateFormatParts', () => {
  it.each([
    ['yyyyMMdd', ['yyyy', 'dd']],
    ['Do', ['Do']],
    ['YYYY-ww', ['ww']],
    ['LTS', ['LTS']],
    ['HHmmZ', ['Z']],
    ['SSSS', ['SSSS']],
    ['Y', ['Y']],
    ['[yyyy]', []],
    ['YYYYMMDD', []],
  ])('does not guess at %s', (format, unknown) => {
    expect(dateFormatParts(format).unknown).toEqual(unknown);
  });
});

it.each([
  ['Europe/Berlin', true],
  ['UTC', true],
  ['Mars/Olympus', false],
  ['', false],
])('time zone %s', (zone, known) => {
  expect(isTimeZone(zone)).toBe(known);
});
