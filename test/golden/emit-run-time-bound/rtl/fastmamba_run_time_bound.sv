// Written by fastmamba.

// Sums of squares of rows whose length is known at run time.
module fastmamba_run_time_bound (
  input  logic        clk,
  input  logic        rst,
  input  logic        offered,  // a call: the scalars hold until it is taken; the bases hold to the end
  output logic        taken,  // all processes have taken it; falls after what was offered
  output logic        done,  // high while nothing runs
  input  logic        clear,  // gives up all calls; the memory goes on
  output logic [0:0]  errors,  // a bit a port: the memory has answered with an error
  output logic [0:0]  awaiting,  // a bit a port: the memory has not answered yet
  output logic [0:0]  unfinished,  // a bit a process: it runs
  input  logic [3:0]  rows,  // 0..9: rows
  input  logic [3:0]  words,  // 1..12: words a row
  input  logic [53:0] input_data,  // s9 x 2 x 3: small matrices
  input  logic        input_valid,
  output logic        input_ready,
  output logic [25:0] output_data,  // u26: a sum a row
  output logic        output_valid,
  input  logic        output_ready
);

  wire sum_squares_done;
  assign errors = {1'b0};
  assign awaiting = {1'b0};
  // Reset and what is offered go to each process, with the channels that it writes, from a register of its own, and so does reset to each
  // AXI master.
  wire [1:0] steers;
  register_copies #(.WIDTH(2), .COPIES(1)) steer_processes (
    .clk, .en(1'b1), .in({offered, rst | clear}), .out(steers)
  );
  // A process takes the scalars of a call as soon as its own part of the call before has ended, whatever the others do, and starts when its
  // prologue has settled. Calls so follow each other in every process, and words of a call those of the one before in every channel.
  wire sum_squares_take, sum_squares_taken, sum_squares_start, sum_squares_busy;
  call_control #(.SETTLE_CYCLES(1)) sum_squares_calls (
    .clk, .rst(steers[0]), .offered(steers[1]), .done(sum_squares_done),
    .take(sum_squares_take), .taken(sum_squares_taken), .start(sum_squares_start), .busy(sum_squares_busy)
  );
  logic [7:0] sum_squares_scalars;
  always_ff @(posedge clk) if (sum_squares_take) sum_squares_scalars <= {rows, words};
  assign unfinished = ~{sum_squares_done};
  // What all have taken, and what has ended, is brought together in two stages.
  logic [0:0] all_taken, all_ended;
  always_ff @(posedge clk) begin
    all_taken[0] <= sum_squares_taken;
    all_ended[0] <= ~sum_squares_busy;
  end
  assign taken = &all_taken;
  assign done = &all_ended;

  // u26: a sum a row
  wire [25:0] output_in_data;
  wire output_in_valid, output_in_ready, output_in_reserve;
  fifo #(.WIDTH(26), .DEPTH(8), .STORAGE("lutram"), .RESERVED(1'b1), .ID(2)) fifo_output (
    .clk, .rst(steers[0]), .in_reserve(output_in_reserve),
    .in_data(output_in_data), .in_valid(output_in_valid), .in_ready(output_in_ready),
    .out_data(output_data), .out_valid(output_valid), .out_ready(output_ready)
  );

  sum_squares u_sum_squares (
    .clk, .rst(steers[0]), .start(sum_squares_start),
    .done(sum_squares_done),
    .rows(sum_squares_scalars[7:4]),
    .words(sum_squares_scalars[3:0]),
    .input_data, .input_valid, .input_ready,
    .output_data(output_in_data), .output_valid(output_in_valid), .output_ready(output_in_ready), .output_reserve(output_in_reserve)
  );
endmodule
