package dev.ridgepoint.bench.cli;

import dev.ridgepoint.engine.DType;
import dev.ridgepoint.estimator.architecture.Architecture;
import dev.ridgepoint.estimator.input.InvalidInputException;
import dev.ridgepoint.model.MatrixTypes;
import dev.ridgepoint.model.ModelExport;
import dev.ridgepoint.model.checkpoint.CheckpointFolder;
import dev.ridgepoint.model.checkpoint.IntegerPacking;
import dev.ridgepoint.model.checkpoint.IntegerPacking.Form;
import dev.ridgepoint.model.compression.BlockGrid;
import dev.ridgepoint.model.compression.Compressor.Settings;
import dev.ridgepoint.model.compression.Grid;
import dev.ridgepoint.model.compression.Method;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/**
 * How a model is to be compressed.
 *
 * @param packing how a folder's integers are published; empty if a method makes none
 */
record CompressionPlan(Method method, Settings settings, Optional<IntegerPacking> packing) {
  private static final List<Integer> GROUPS = List.of(32, 64, 128, Grid.PER_CHANNEL);

  /**
   * What was asked for.
   *
   * @param bits of an integer; null for what the method usually has
   * @param group inputs that share a scale; -1 for all; null for a block
   * @param sparsity the share of weights that pruning sets to zero
   */
  record Wish(Integer bits, Integer group, double sparsity) {
    /** Refuses what no method knows. */
    void check() {
      if (bits != null && bits != BlockGrid.Q4.bits() && bits != BlockGrid.Q8.bits()) {
        throw new InvalidInputException("--bits", "must be 4 or 8, but is " + bits);
      }
      if (group != null && !GROUPS.contains(group)) {
        throw new InvalidInputException(
            "--group", String.format(Locale.ROOT, "must be 32, 64, 128 or -1, but is %d", group));
      }
    }
  }

  /**
   * The plan for a method.
   *
   * @param stored what the model's matrices are stored as
   * @param isFolder whether a Hugging Face folder is to be written, which leaves embedding and head
   *     in F16; else they are in Q8_0
   */
  static CompressionPlan of(Method method, Wish wish, MatrixTypes stored, boolean isFolder) {
    BlockGrid usual = method == Method.SMOOTHQUANT ? BlockGrid.Q8 : BlockGrid.Q4;
    BlockGrid blocks =
        wish.bits == null ? usual : wish.bits == BlockGrid.Q4.bits() ? BlockGrid.Q4 : BlockGrid.Q8;
    Grid grid = new Grid(blocks, wish.group == null ? BlockGrid.BLOCK : wish.group);
    if (!method.isQuantising()) {
      DType most = stored.all().getFirst();
      DType kept = most.isQuantised() ? DType.BF16 : most;
      Settings settings = new Settings(grid, kept, wish.sparsity, Optional.empty());
      return new CompressionPlan(method, settings, Optional.empty());
    }
    IntegerPacking packing = new IntegerPacking(form(method, blocks), blocks.bits(), grid.group());
    return new CompressionPlan(
        method,
        new Settings(
            grid,
            isFolder ? DType.F16 : DType.Q8_0,
            wish.sparsity,
            Optional.of(packing).filter(any -> isFolder)),
        Optional.of(packing));
  }

  /** AWQ's format has 4 bits alone; of rounding and SmoothQuant there is none of their own. */
  private static Form form(Method method, BlockGrid blocks) {
    return switch (method) {
      case GPTQ -> Form.GPTQ;
      case AWQ -> blocks == BlockGrid.Q4 ? Form.AWQ : Form.PACK_QUANTIZED;
      default -> Form.PACK_QUANTIZED;
    };
  }

  /** Refuses a folder that could not be written in the end. */
  void requireWritable(Path folder, Architecture architecture) throws IOException {
    CheckpointFolder.requireWritable(folder, architecture);
    packing.ifPresent(each -> each.requireFits(folder, architecture));
  }

  /** What the layers' matrices are stored as. */
  DType dtype() {
    return method.isQuantising() ? settings.grid().blocks().dtype() : settings.dense();
  }

  /** What all matrices are stored as. */
  MatrixTypes types(Architecture architecture) {
    return ModelExport.types(architecture, dtype(), settings.dense(), settings.packing());
  }
}
