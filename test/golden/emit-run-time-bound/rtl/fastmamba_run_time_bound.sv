// Written by fastmamba.

// Sums of squares of rows whose length is known at run time.
module fastmamba_run_time_bound (
  input  logic        clk,
  input  logic        rst,
  input  logic        start,  // one cycle; scalars and bases hold from here to the end
  output logic        done,  // high while nothing runs
  output logic        error,  // the memory has answered with an error
  input  logic [3:0]  rows,  // 0..9: rows
  input  logic [3:0]  words,  // 1..12: words a row
  input  logic [53:0] input_data,  // s9 x 2 x 3: small matrices
  input  logic        input_valid,
  output logic        input_ready,
  output logic [25:0] output_data,  // u26: a sum a row
  output logic        output_valid,
  input  logic        output_ready
);

  // A call: 1 cycles until the prologues have settled, then all processes at once.
  wire sum_squares_done;
  assign error = 1'b0;
  logic [0:0] settling;
  wire go = settling[0];
  always_ff @(posedge clk)
    if (rst) settling <= '0;
    else settling <= 1'({settling, start});
  logic busy;
  logic launched;
  wire ended = launched & sum_squares_done;
  always_ff @(posedge clk)
    if (rst | ended) launched <= 1'b0;
    else if (go) launched <= 1'b1;
  always_ff @(posedge clk)
    if (rst | ended) busy <= 1'b0;
    else if (start) busy <= 1'b1;
  assign done = ~busy;

  sum_squares u_sum_squares (
    .clk, .rst, .start(go),
    .done(sum_squares_done),
    .rows,
    .words,
    .input_data, .input_valid, .input_ready,
    .output_data, .output_valid, .output_ready
  );
endmodule
