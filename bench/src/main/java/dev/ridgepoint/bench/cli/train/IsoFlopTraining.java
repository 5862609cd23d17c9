package dev.ridgepoint.bench.cli.train;

import dev.ridgepoint.bench.cli.options.ProgressBars;
import dev.ridgepoint.bench.run.Interruption;
import dev.ridgepoint.engine.Meter;
import dev.ridgepoint.engine.Workers;
import dev.ridgepoint.engine.training.TokenBatch;
import dev.ridgepoint.estimator.architecture.Component;
import dev.ridgepoint.estimator.architecture.ParameterCount;
import dev.ridgepoint.estimator.training.TrainingBatch;
import dev.ridgepoint.model.SyntheticWeights;
import dev.ridgepoint.model.stories.Stories.Part;
import dev.ridgepoint.model.training.LearningRate;
import dev.ridgepoint.model.training.OptimizerSettings;
import dev.ridgepoint.model.training.TokenDataset;
import dev.ridgepoint.model.training.TrainingProgram;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import me.tongfei.progressbar.ProgressBar;

/** Trains sizes on the same stories, and judges them by the same others. */
final class IsoFlopTraining {
  private static final int HELD_OUT_STORIES = 200;
  private static final double CLIP = 1;

  private final IsoFlopResults.Settings settings;
  private final Workers workers;
  private final TokenDataset training;
  private final List<TokenBatch> heldOut = new ArrayList<>();

  /**
   * @param tokenizer folder of the stories' tokenizer
   */
  IsoFlopTraining(
      IsoFlopResults.Settings settings, TrainingBatch shape, Path tokenizer, Workers workers) {
    this.settings = settings;
    this.workers = workers;
    training = dataset(Part.TRAINING, settings.stories(), shape, tokenizer);
    TokenDataset judging = dataset(Part.HELD_OUT, HELD_OUT_STORIES, shape, tokenizer);
    int batches = Math.max(1, judging.windows() / shape.microBatch());
    for (int i = 0; i < batches; i++) {
      heldOut.addAll(judging.batches(i));
    }
  }

  private TokenDataset dataset(Part part, int stories, TrainingBatch shape, Path tokenizer) {
    int[] tokens = StoryTokens.of(part, stories, settings.seed(), tokenizer);
    return new TokenDataset("stories", tokens, shape, settings.seed());
  }

  /** Trains a size from drawn weights; nothing if the run is interrupted meanwhile. */
  Optional<IsoFlopResults.Size> train(IsoFlopPlan plan, Interruption interruption) {
    LearningRate rate =
        StepOptions.learningRate(LearningRate.Shape.COSINE, settings.learningRate(), plan.steps());
    LossCurve curve = new LossCurve(plan.steps());
    long start = System.nanoTime();
    try (TrainingProgram program =
            new TrainingProgram(
                plan.model().architecture(),
                plan.shape(),
                IsoFlopPlan.CHECKPOINTING,
                OptimizerSettings.of(IsoFlopPlan.OPTIMIZER),
                new SyntheticWeights(settings.seed()),
                workers,
                Meter.NONE);
        ProgressBar bar = bar(plan)) {
      for (long step = 0; step < plan.steps(); step++) {
        if (interruption.isRequested()) {
          return Optional.empty();
        }
        curve.add(step + 1, program.step(training.batches(step), rate.at(step), CLIP).loss());
        if (bar != null) {
          bar.step();
        }
      }
      double loss = program.loss(heldOut);
      return Optional.of(result(plan, loss, (System.nanoTime() - start) / 1e9, curve));
    }
  }

  private static ProgressBar bar(IsoFlopPlan plan) {
    return ProgressBars.isTerminal()
        ? ProgressBars.builder(plan.model().name()).setInitialMax(plan.steps()).build()
        : null;
  }

  private IsoFlopResults.Size result(
      IsoFlopPlan plan, double loss, double seconds, LossCurve curve) {
    ParameterCount count = ParameterCount.of(plan.model().architecture());
    double tokensOfAPass = (double) training.windows() * plan.shape().sequenceLength();
    return new IsoFlopResults.Size(
        plan.hiddenSize(),
        count.total(),
        count.of(Component.EMBEDDING),
        plan.steps(),
        plan.tokens(),
        plan.flops(),
        plan.tokens() / tokensOfAPass,
        loss,
        seconds,
        curve.points());
  }
}
