package dev.ridgepoint.bench.report;

import static dev.ridgepoint.bench.report.SampleReports.decode;
import static dev.ridgepoint.bench.report.SampleReports.prefill;
import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.List;
import org.junit.jupiter.api.Test;

class LlamaBenchTableTest {

  /** Headings, widths and rules are those that llama-bench prints. */
  @Test
  void isSetAsLlamaBenchSetsIt() {
    Report report =
        SampleReports.report(
            List.of(decode(2, 1, 128, 0.04), decode(2, 4, 128, 0.05), prefill(2, 512, 2)));
    assertEquals(
        """
        | model                          |       size |     params | backend    | threads |            test |                  t/s |
        | ------------------------------ | ---------: | ---------: | ---------- | ------: | --------------: | -------------------: |
        | Qwen2.5-0.5B BF16              | 942.43 MiB |   494.03 M | Ridgepoint |       2 |      tg1 @ d128 |         25.00 ± 0.30 |
        | Qwen2.5-0.5B BF16              | 942.43 MiB |   494.03 M | Ridgepoint |       2 |           pp512 |        256.00 ± 2.05 |
        """,
        LlamaBenchTable.render(report));
  }

  /** Columns that llama-bench has, too, where caches are not stored as usual. */
  @Test
  void namesTheFormatOfNarrowCaches() {
    assertEquals(
        """
        | model                          |       size |     params | backend    | threads | type_k | type_v |            test |                  t/s |
        | ------------------------------ | ---------: | ---------: | ---------- | ------: | -----: | -----: | --------------: | -------------------: |
        | Qwen2.5-0.5B BF16              | 942.43 MiB |   494.03 M | Ridgepoint |       2 |   q8_0 |   q8_0 |      tg1 @ d128 |         25.00 ± 0.30 |
        """,
        LlamaBenchTable.render(SampleReports.withNarrowCache(List.of(decode(2, 1, 128, 0.04)))));
  }
}
