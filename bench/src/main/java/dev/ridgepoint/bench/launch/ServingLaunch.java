package dev.ridgepoint.bench.launch;

import dev.ridgepoint.bench.NamedModel;
import dev.ridgepoint.bench.text.ShellCommand;
import dev.ridgepoint.estimator.serving.DeploymentPlan;
import dev.ridgepoint.estimator.serving.Replica;
import dev.ridgepoint.estimator.serving.ServingLoad;
import java.util.ArrayList;
import java.util.List;

/** The command lines that serve as a plan says, one for each engine that can. */
public final class ServingLaunch {
  private ServingLaunch() {}

  /**
   * The lines of a plan for a load.
   *
   * @param replica of the plan
   */
  public static Launch of(
      NamedModel model, DeploymentPlan plan, ServingLoad load, Replica replica) {
    if (isOfMlx(model)) {
      return Launch.none("no line: of these engines none reads MLX's formats");
    }
    Checkpoint checkpoint = Checkpoint.of(model);
    PlannedServing serving = new PlannedServing(plan, load, replica, checkpoint);
    List<ShellCommand> commands = new ArrayList<>();
    List<String> notes = new ArrayList<>();
    for (Launch engine :
        List.of(new HubEngines(serving).launch(), new LlamaCpp(serving).launch())) {
      commands.addAll(engine.commands());
      notes.addAll(engine.notes());
    }
    if (!commands.isEmpty()) {
      if (checkpoint.kind() == Checkpoint.Kind.NAME) {
        notes.add(
            "%s stands for your folder of the weights, or their repository"
                .formatted(checkpoint.location()));
      }
      notes.add(Program.versions(commands));
    }
    return new Launch(commands, notes);
  }

  private static boolean isOfMlx(NamedModel model) {
    return model.formats().map(formats -> formats.name().startsWith("MLX")).orElse(false);
  }
}
