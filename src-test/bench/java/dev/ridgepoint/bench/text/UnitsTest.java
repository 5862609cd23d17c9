package dev.ridgepoint.bench.text;

import static org.junit.jupiter.api.Assertions.assertEquals;

import org.junit.jupiter.api.Test;

class UnitsTest {

  @Test
  void threeSignificantDigits() {
    assertEquals("0.00123", Units.significant(0.001234));
    assertEquals("0.990", Units.significant(0.99));
    assertEquals("9.99", Units.significant(9.994));
    assertEquals("10.0", Units.significant(9.996));
    assertEquals("100", Units.significant(99.96));
    assertEquals("1,000", Units.significant(999.6));
    assertEquals("12,346", Units.significant(12345.6));
    assertEquals("0", Units.significant(0));
  }

  @Test
  void unitsChangeWhereTheRoundedNumberDoes() {
    assertEquals("999 MB", Units.bytes(999_400_000L));
    assertEquals("1.00 GB", Units.bytes(999_600_000L));
    assertEquals("988 MB", Units.bytes(988_065_536L));
    assertEquals("340 GFLOP/s", Units.flopsPerSecond(340e9));
    assertEquals("0 B", Units.bytes(0L));
  }

  @Test
  void timesFromNanosecondsToSeconds() {
    assertEquals("250 ns", Units.seconds(250e-9));
    assertEquals("1.00 µs", Units.seconds(999.9e-9));
    assertEquals("36.5 ms", Units.seconds(0.0365));
    assertEquals("1.00 s", Units.seconds(0.9996));
    assertEquals("90.0 s", Units.seconds(90));
  }

  @Test
  void sizesAreBinary() {
    assertEquals("512 B", Units.size(512));
    assertEquals("48 KiB", Units.size(48 << 10));
    assertEquals("1.5 MiB", Units.size(1536 << 10));
    assertEquals("2 GiB", Units.size(2L << 30));
  }

  @Test
  void oneIsSingular() {
    assertEquals("1 thread", Units.count(1, "thread"));
    assertEquals("2 threads", Units.count(2, "thread"));
    assertEquals("0 tokens", Units.count(0, "token"));
    assertEquals("1.00 token/s", Units.tokensPerSecond(1));
    assertEquals("1.20 tokens/s", Units.tokensPerSecond(1.2));
  }

  @Test
  void percentsNearAHundredShowWhatExceedsIt() {
    assertEquals("91 %", Units.percent(0.912));
    assertEquals("4.8 %", Units.percent(0.048));
    assertEquals("100.4 %", Units.percentBeyond(1.004));
    assertEquals("250 %", Units.percentBeyond(2.5));
  }

  @Test
  void trailingZerosGoWhereAsked() {
    assertEquals("8", Units.trimmed(8));
    assertEquals("1.06", Units.trimmed(1.06));
    assertEquals("2,000", Units.trimmed(2000));
  }

  @Test
  void durationsGrowIntoYears() {
    assertEquals("90.0 s", Units.duration(90));
    assertEquals("3.00 min", Units.duration(180));
    assertEquals("88.6 days", Units.duration(88.6 * 86_400));
    assertEquals("2.50 years", Units.duration(2.5 * 365.25 * 86_400));
    assertEquals("1.50 ms", Units.duration(0.0015));
  }

  @Test
  void anyMagnitudeIsCompact() {
    assertEquals("1.50e12", Units.compact(1.5e12));
    assertEquals("2.00e-7", Units.compact(2e-7));
    assertEquals("1,234", Units.compact(1234));
    assertEquals("0.00123", Units.compact(0.00123));
    assertEquals("0", Units.compact(0));
  }
}
