package dev.ridgepoint.bench;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.ridgepoint.engine.DType;
import dev.ridgepoint.engine.Meter;
import dev.ridgepoint.engine.Workers;
import dev.ridgepoint.engine.panels.KvCache;
import dev.ridgepoint.engine.panels.KvLayout;
import dev.ridgepoint.engine.panels.PagePool;
import dev.ridgepoint.estimator.architecture.Architecture;
import dev.ridgepoint.estimator.config.ConfigReader;
import dev.ridgepoint.estimator.format.DataFormats;
import dev.ridgepoint.estimator.format.Precision;
import dev.ridgepoint.estimator.operation.Step;
import dev.ridgepoint.model.LoadedModel;
import dev.ridgepoint.model.Program;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * What is said to be needed of a cache is what it takes, where windows and heads are of any size.
 */
class EngineMemoryTest {
  private static final int POSITIONS = 3 * KvLayout.PAGE_POSITIONS + 40;
  private static final int NEW_TOKENS = 1;

  @ParameterizedTest
  @ValueSource(strings = {"gemma2", "gemma3-text", "gpt-oss", "mistral-swa", "llama-gqa"})
  void aCacheTakesWhatIsSaid(String family) {
    Architecture architecture =
        ConfigReader.read(
            Path.of("../src-test/model/resources/logits").resolve(family + "/hf-f32/config.json"));
    DataFormats formats = new DataFormats(Precision.F32, Precision.F32);
    Step step = new Step(List.of(new Step.Sequence(NEW_TOKENS, 0, 1)));
    long said = EngineMemory.of(architecture, formats, step, POSITIONS).kvCacheBytes();
    try (Workers workers = new Workers(1);
        LoadedModel model =
            LoadedModel.synthetic(architecture, 1, DType.F32, workers, (done, total) -> {});
        Program program = model.program(DType.F32, workers, Meter.NONE)) {
      KvLayout layout = program.pageLayout(KvLayout.PAGE_POSITIONS);
      int pages = program.mostPages(layout, POSITIONS, NEW_TOKENS);
      assertEquals(said, pages * layout.pageBytes());
      assertEquals(
          said, EngineMemory.ofPool(architecture, formats, step, POSITIONS, pages).kvCacheBytes());
      try (PagePool pool = new PagePool(layout, pages);
          KvCache cache = program.newCache(pool, POSITIONS)) {
        long most = 0;
        while (cache.length() < POSITIONS) {
          cache.advance(NEW_TOKENS);
          most = Math.max(most, pool.pages() - pool.freePages());
        }
        // The first tokens of the last page see the page before, however short the window.
        assertEquals(pages, most);
      }
    }
  }
}
