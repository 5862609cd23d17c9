package dev.ridgepoint.engine.ops;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import dev.ridgepoint.engine.DType;
import dev.ridgepoint.engine.Meter;
import dev.ridgepoint.engine.Tensor;
import dev.ridgepoint.engine.TestData;
import dev.ridgepoint.engine.Workers;
import dev.ridgepoint.engine.kernels.ActivationKernel;
import dev.ridgepoint.engine.kernels.ElementwiseKernel;
import dev.ridgepoint.engine.panels.KvCache;
import dev.ridgepoint.engine.panels.PackedMatrix;
import java.lang.foreign.Arena;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.function.Executable;

/** What ops refuse when they are bound to operands, and what when they are run. */
class OperandsTest {
  private static final HeadLayout HEADS = new HeadLayout(4, 2, 8);

  private final Arena arena = Arena.ofShared();
  private final Workers workers = new Workers(1);
  private final Workspace workspace = new Workspace(workers);
  private final Activation qkv = activation(2, HEADS.width());
  private final Activation attended = activation(2, HEADS.queryWidth());
  private final KvCache cache = TestData.cache(2, 8, 3);
  private final KvCache wideCache = TestData.cache(2, 16, 3);
  private final StepRows step = new StepRows();

  private Activation activation(int rows, int width) {
    return Activation.of(Tensor.allocate(arena, DType.F32, rows, width));
  }

  @BeforeEach
  void beginStep() {
    step.begin();
  }

  @AfterEach
  void close() {
    cache.close();
    wideCache.close();
    workers.close();
    arena.close();
  }

  private static RotaryTables angles(int pairs) {
    return RotaryTables.of(new RotaryTable(new double[pairs], 1));
  }

  private static void assertRefused(String message, Executable executable) {
    assertEquals(message, assertThrows(IllegalArgumentException.class, executable).getMessage());
  }

  @Test
  void headsThatCannotShare() {
    assertRefused("5 query heads cannot share 2 key-value heads", () -> new HeadLayout(5, 2, 8));
    assertRefused(
        "4 query heads and 0 key-value heads of 8 elements", () -> new HeadLayout(4, 0, 8));
  }

  @Test
  void anActivationThatIsNoMatrixOfFloats() {
    Tensor halves = Tensor.allocate(arena, DType.F16, 2, 3);
    assertRefused(
        "an activation is F32[rows, width], but not F16[2, 3]", () -> Activation.of(halves));
  }

  @Test
  void widthsOfOtherHeads() {
    HeadLayout more = new HeadLayout(8, 2, 8);
    String expected = "qkv is F32[2, 64], but F32[2, 96] is needed";
    float[] weight = new float[8];
    RotaryTables angles = angles(4);
    assertRefused(expected, () -> new HeadNorm(workspace, qkv, more, weight, weight, 1f));
    assertRefused(expected, () -> new Rope(workspace, qkv, more, angles));
    assertRefused(expected, () -> new AppendKeyValues(workspace, qkv, more, 0));
    assertRefused(expected, () -> new Attention(workspace, qkv, more, 0, 1f, 0f, 1, attended));
    assertRefused(
        "y is F32[2, 64], but F32[2, 32] is needed",
        () -> new Attention(workspace, qkv, HEADS, 0, 1f, 0f, 1, qkv));
  }

  @Test
  void weightsAndAnglesOfOtherHeads() {
    assertRefused(
        "7 key weights for 2 heads of 8 elements",
        () -> new HeadNorm(workspace, qkv, HEADS, new float[8], new float[7], 1f));
    assertRefused(
        "16 query weights for 4 heads of 8 elements",
        () -> new HeadNorm(workspace, qkv, HEADS, new float[16], new float[8], 1f));
    assertRefused(
        "angles for 10 elements of a head, which has 8",
        () -> new Rope(workspace, qkv, HEADS, angles(5)));
  }

  @Test
  void aWindowWithoutPositions() {
    assertRefused(
        "window must be at least 1, but is 0",
        () -> new Attention(workspace, qkv, HEADS, 0, 1f, 0f, 0, attended));
  }

  @Test
  void aCapThatIsNone() {
    assertRefused("cap must be above 0, but is 0.0", () -> new SoftCap(workspace, 0f, qkv));
    assertRefused("cap must be above 0, but is NaN", () -> new SoftCap(workspace, Float.NaN, qkv));
  }

  @Test
  void aBoundThatIsNone() {
    assertRefused("bound must be above 0, but is 0.0", () -> new Clip(workspace, 0f, qkv));
  }

  @Test
  void gatesWithoutAsManyFactors() {
    assertRefused(
        "gateUp is F32[2, 64], but F32[2, 20] is needed",
        () -> new GatedActivation(workspace, ActivationKernel.SWIGLU, qkv, activation(2, 10)));
  }

  @Test
  void anActivationOfAnotherWidth() {
    assertRefused(
        "x is F32[2, 64], but F32[2, 32] is needed",
        () -> new ElementwiseActivation(workspace, ElementwiseKernel.GELU, qkv, attended));
  }

  @Test
  void aLayerNormWithOtherWeights() {
    assertRefused("8 weights and 7 biases", () -> new LayerNorm.Affine(new float[8], new float[7]));
    LayerNorm.Affine affine = new LayerNorm.Affine(new float[8], new float[8]);
    assertRefused(
        "x is F32[2, 64], but F32[2, 8] is needed",
        () -> new LayerNorm(workspace, qkv, Optional.of(affine), 1f, qkv));
    assertRefused(
        "y is F32[2, 32], but F32[2, 64] is needed",
        () -> new LayerNorm(workspace, qkv, Optional.empty(), 1f, attended));
  }

  @Test
  void positionsThatWereNotLearned() {
    PackedMatrix table =
        PackedMatrix.pack(arena, workers, DType.F32, Tensor.allocate(arena, DType.F32, 2, 64));
    assertRefused(
        "y is F32[2, 32], but F32[2, 64] is needed",
        () -> new AddPositions(workspace, table, 1f, attended));
    cache.advance(1);
    step.add(cache, new int[2], 1);
    Op add = new AddPositions(workspace, table, 1f, qkv);
    assertRefused(
        "a sequence of 3 tokens has more than the 2 learned positions",
        () -> add.run(step, Meter.NONE));
  }

  @Test
  void aNormWithOtherWeights() {
    assertRefused(
        "x is F32[2, 64], but F32[2, 8] is needed",
        () -> new RmsNorm(workspace, qkv, new float[8], 1f, false, qkv));
  }

  @Test
  void aCacheOfOtherHeads() {
    step.add(wideCache, new int[2], 1);
    String expected = "a KV cache has 2 heads of 16 elements, but 2 of 8 are needed";
    Op append = new AppendKeyValues(workspace, qkv, HEADS, 0);
    assertRefused(expected, () -> append.run(step, Meter.NONE));
    Op attention = new Attention(workspace, qkv, HEADS, 0, 1f, 0f, 1, attended);
    assertRefused(expected, () -> attention.run(step, Meter.NONE));
  }

  @Test
  void aCacheWithoutRoom() {
    cache.advance(2);
    step.add(cache, new int[2], 1);
    Op append = new AppendKeyValues(workspace, qkv, HEADS, 0);
    assertRefused(
        "2 new tokens after 2 do not fit into a KV cache of 3 positions",
        () -> append.run(step, Meter.NONE));
  }

  @Test
  void activationsOfAnotherStep() {
    step.add(cache, new int[3], 1);
    Op rope = new Rope(workspace, qkv, HEADS, angles(4));
    assertRefused("x is F32[2, 64], but F32[3, 64] is needed", () -> rope.run(step, Meter.NONE));
  }
}
