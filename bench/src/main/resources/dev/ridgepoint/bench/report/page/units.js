/** Numbers as the Java class Units writes them, digit by digit; a test compares the two. */
const Units = (() => {
  const DECIMAL = ['', 'k', 'M', 'G', 'T', 'P', 'E', 'Z', 'Y'];
  const BINARY = ['B', 'KiB', 'MiB', 'GiB', 'TiB'];

  /** Three significant digits, rounded half up from the shortest decimal that is the value. */
  function threeDigits(value) {
    const parts = Math.abs(value).toExponential().split('e');
    const digits = (parts[0].replace('.', '') + '000').slice(0, 4);
    let exponent = Number(parts[1]);
    let number = Number(digits.slice(0, 3)) + (digits[3] >= '5' ? 1 : 0);
    if (number === 1000) {
      number = 100;
      exponent++;
    }
    return { number, exponent };
  }

  function round(value) {
    const { number, exponent } = threeDigits(value);
    return Number(number + 'e' + (exponent - 2));
  }

  function grouped(value) {
    return value.toFixed(0).replace(/\B(?=(\d{3})+$)/g, ',');
  }

  function significant(value) {
    if (Math.abs(value) >= 999.5) return grouped(value);
    if (value === 0) return '0';
    const decimals = Math.max(0, 2 - threeDigits(value).exponent);
    return (value < 0 ? '-' : '') + round(value).toFixed(decimals);
  }

  function decimal(value, unit) {
    let magnitude = round(value);
    let prefix = 0;
    while (magnitude >= 1000 && prefix < DECIMAL.length - 1) {
      magnitude /= 1000;
      prefix++;
    }
    return significant(value / Math.pow(1000, prefix)) + ' ' + DECIMAL[prefix] + unit;
  }

  function seconds(value) {
    const rounded = round(value);
    if (rounded >= 1 || rounded === 0) return significant(value) + ' s';
    if (rounded >= 1e-3) return significant(value * 1e3) + ' ms';
    return rounded >= 1e-6 ? significant(value * 1e6) + ' µs' : significant(value * 1e9) + ' ns';
  }

  function percent(fraction) {
    const value = 100 * fraction;
    return value.toFixed(Math.abs(value) < 9.95 && value !== 0 ? 1 : 0) + ' %';
  }

  function size(bytes) {
    let value = bytes;
    let unit = 0;
    while (value >= 1024 && unit < BINARY.length - 1) {
      value /= 1024;
      unit++;
    }
    return value.toFixed(value === Math.round(value) || value >= 10 ? 0 : 1) + ' ' + BINARY[unit];
  }

  return {
    significant,
    seconds,
    percent,
    size,
    flops: (value) => decimal(value, 'FLOP'),
    flopsPerSecond: (value) => decimal(value, 'FLOP/s'),
    bytes: (value) => decimal(value, 'B'),
    bytesPerSecond: (value) => decimal(value, 'B/s'),
    amount: (value) => decimal(value, '').trim(),
    intensity: (value) => significant(value) + ' FLOP/B',
    tokensPerSecond: (value) =>
      significant(value) + (significant(value) === '1.00' ? ' token/s' : ' tokens/s'),
    count: (n, singular) => grouped(n) + ' ' + singular + (n === 1 ? '' : 's'),
    times: (factor) => significant(factor) + '×',
    integer: grouped,
  };
})();
