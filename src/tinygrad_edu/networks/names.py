"""Names that users of PyTorch and micrograd type, and what to write here instead.

What has no counterpart is told too: layers for whole arrays are no work for a library of single numbers.
"""

from ..mistakes.elsewhere import NOTHING

ARRAYS = "nothing here: it is made for arrays of many numbers, and one Value per number is the wrong tool; take PyTorch"
PLAIN = "plain Python: a list or dict of Modules as an attribute is searched for parameters"

NN = {
    **dict.fromkeys(("Conv1d", "Conv2d", "Conv3d", "ConvTranspose2d", "MaxPool1d", "MaxPool2d", "AvgPool2d"), ARRAYS),
    **dict.fromkeys(("BatchNorm1d", "BatchNorm2d", "LayerNorm", "GroupNorm", "Embedding"), ARRAYS),
    **dict.fromkeys(("MultiheadAttention", "Transformer", "TransformerEncoderLayer"), ARRAYS),
    **dict.fromkeys(("ModuleList", "ModuleDict", "ParameterList", "ParameterDict"), PLAIN),
    **dict.fromkeys(("Flatten", "Identity"), "nothing: an example is a flat list already"),
    **{name: f"tinygrad_edu.recurrent.{name}" for name in ("RNNCell", "LSTMCell", "GRUCell")},
    **{name: f"recurrent.unroll(recurrent.{name}Cell(2, 3), sequence)" for name in ("RNN", "LSTM", "GRU")},
    "Parameter": "tinygrad_edu.Value: every Value among a Module's attributes is a parameter",
    "Dropout": "a Module of your own that multiplies by random zeros and ones while self.training is True",
    "MSELoss": "losses.mse_loss(predictions, targets), a function",
    "L1Loss": "losses.l1_loss(predictions, targets), a function",
    "HuberLoss": "losses.huber_loss(predictions, targets), a function",
    "SmoothL1Loss": "losses.huber_loss(predictions, targets), a function",
    "CrossEntropyLoss": "losses.cross_entropy(logits, target), a function",
    "NLLLoss": "losses.cross_entropy(logits, target), a function, without log_softmax before it",
    "BCELoss": "losses.binary_cross_entropy(probabilities, targets), a function",
    "BCEWithLogitsLoss": "losses.binary_cross_entropy_with_logits(logits, targets), a function",
    "MultiMarginLoss": "losses.multiclass_svm_loss(scores, target), a function",
    "Softmax": "tinygrad_edu.softmax(z), a function of a list",
    "LogSoftmax": "tinygrad_edu.log_softmax(z), a function of a list",
    "functional": "the functions of tinygrad_edu and tinygrad_edu.losses, as relu(z) or cross_entropy(z, target)",
    "init": "the option init, as MLP(2, [16, 1], init='he_normal')",
    "utils": "optim.clip_by_norm(parameters, 1.0) or optim.clip_by_value(parameters, 1.0)",
    "RMSprop": "RMSProp",
    "Adagrad": "AdaGrad",
}
OPTIM = {
    "Adagrad": "AdaGrad",
    "RMSprop": "RMSProp",
    "clip_grad_norm_": "clip_by_norm",
    "clip_grad_value_": "clip_by_value",
    "lr_scheduler": "the functions of tinygrad_edu.schedules, as SGD(parameters, lr=schedules.cosine(0.1, 1000))",
    "ReduceLROnPlateau": "schedules.ReduceOnPlateau(optimizer)",
    "Adadelta": "AdaGrad, RMSProp or Adam",
    "Adamax": "Adam",
    "NAdam": "Adam",
    "RAdam": "Adam, with schedules.warm_up",
    "LBFGS": "tinygrad_edu.least_squares for a fit of least squares, else Adam",
}
MODULE = {
    **dict.fromkeys(("to", "cpu", "cuda", "half", "double", "float"), NOTHING),
    **dict.fromkeys(("register_buffer", "register_parameter", "add_module"), "self.name = ...: an attribute is enough"),
    "forward": "model(x): call the model itself",
    "children": "modules()",
    "named_modules": "modules()",
    "requires_grad_": "an optimiser over the parameters that shall move: what it does not hold stays as it is",
    "apply": "for part in model.modules(): ...",
    **dict.fromkeys(("weight", "weights"), "model.parameters(), or of a neuron its w and b"),
    "fit": "tinygrad_edu.fit(model, (xs, ys))",
    "predict": "model(x), or [model(x) for x in xs] for a batch",
    "save": "tinygrad_edu.saving.save(model, 'model.json')",
    "summary": "print(model), or model.parameter_count()",
    "compile": "tinygrad_edu.jit(model), or leave it out: fit stages by itself",
}
LOSSES = {
    **{name: NN[name] for name in NN if name.endswith("Loss")},
    **dict.fromkeys(("bce", "bce_loss", "log_loss"), "binary_cross_entropy(probabilities, targets)"),
    **dict.fromkeys(("mse", "mean_squared_error", "squared_error"), "mse_loss(predictions, targets)"),
    **dict.fromkeys(("mae", "mae_loss", "mean_absolute_error"), "l1_loss(predictions, targets)"),
    **dict.fromkeys(("svm_loss", "hinge", "max_margin_loss"), "hinge_loss(scores, targets)"),
    **dict.fromkeys(("smooth_l1_loss", "huber"), "huber_loss(predictions, targets)"),
    **dict.fromkeys(("nll_loss", "softmax_cross_entropy", "crossentropy"), "cross_entropy(logits, target)"),
    "sigmoid_cross_entropy": "binary_cross_entropy_with_logits(logits, targets)",
}
SCHEDULES = {
    **dict.fromkeys(("StepLR", "step", "step_lr"), "step_decay(0.1, every=30), as the lr of an optimiser"),
    **dict.fromkeys(("ExponentialLR", "exponential_decay"), "exponential(0.1, factor=0.99), as the lr of an optimiser"),
    **dict.fromkeys(
        ("CosineAnnealingLR", "cosine_decay", "cosine_annealing"), "cosine(0.1, steps=100), as the lr of an optimiser"
    ),
    **dict.fromkeys(("LinearLR", "linear_decay"), "linear(0.1, 0.0, steps=100), as the lr of an optimiser"),
    **dict.fromkeys(("warmup", "linear_warmup"), "warm_up(10, 0.1), as the lr of an optimiser"),
    "LambdaLR": "lr=lambda step: ..., in the optimiser: any function of the number of steps",
    "ReduceLROnPlateau": "ReduceOnPlateau(optimizer)",
}
DATASETS = {
    **{f"make_{name}": name for name in ("moons", "circles", "blobs")},
    **dict.fromkeys(("DataLoader", "Dataset", "TensorDataset"), "batches((xs, ys), 32), or plain lists"),
    **dict.fromkeys(("train_test_split", "random_split"), "split((xs, ys), test=0.25)"),
    **dict.fromkeys(("MNIST", "mnist", "load_digits"), "digits()"),
    **dict.fromkeys(("names", "load_names"), "words()"),
}
